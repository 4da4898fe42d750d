// Where the phone is and which way it looks; everybody who listens is told.

export class Here {
  constructor() {
    this.last = null; // { lon, lat, accuracy_m, at }
    this.heading = null; // degrees from north, by compass or by walking
    this.fault = null; // 1 not allowed, 2 not found, 3 too late
    this.heard = new Set();
    this.watch = null;
  }

  start() {
    if (this.watch !== null || !navigator.geolocation) return;
    this.watch = navigator.geolocation.watchPosition(
      ({ coords, timestamp }) => {
        this.fault = null;
        this.last = { lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy, at: timestamp };
        if (coords.speed > 0.7 && coords.heading !== null && !Number.isNaN(coords.heading)) this.turned(coords.heading, 0);
        else this.tell();
      },
      (fault) => {
        this.fault = fault.code;
        this.tell();
      },
      { enableHighAccuracy: true, maximumAge: 5_000, timeout: 30_000 },
    );
    const name = "ondeviceorientationabsolute" in window ? "deviceorientationabsolute" : "deviceorientation";
    addEventListener(name, (event) => {
      const degrees = event.webkitCompassHeading ?? (event.absolute && event.alpha !== null ? 360 - event.alpha : null);
      if (degrees !== null) this.turned(degrees + (screen.orientation?.angle || 0), 5);
    });
  }

  turned(degrees, least) {
    if (this.heading !== null && Math.abs(degrees - this.heading) < least) return;
    this.heading = degrees;
    this.tell();
  }

  tell() {
    for (const hear of this.heard) hear(this);
  }
}
