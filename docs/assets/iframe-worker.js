// Search runs in a worker, which browsers refuse to pages opened from a file. There, and only
// there, a hidden frame of the same origin does a worker's work.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super()
      this.waiting = []
      this.frame = document.createElement("iframe")
      this.frame.hidden = true
      this.frame.title = "search"
      document.body.appendChild(this.frame)
      const inside = this.frame.contentWindow
      inside.importScripts = (...addresses) =>
        addresses.reduce((before, next) => before.then(() => this.load(next)), Promise.resolve())
      inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }))
      this.load(address).then(() => {
        const told = this.waiting
        this.waiting = null
        told.forEach((data) => this.postMessage(data))
      })
    }

    load(address) {
      const script = this.frame.contentDocument.createElement("script")
      script.src = new URL(address, location.href)
      return new Promise((resolve, reject) => {
        script.onload = resolve
        script.onerror = reject
        this.frame.contentDocument.body.appendChild(script)
      })
    }

    postMessage(data) {
      if (this.waiting) this.waiting.push(data)
      else this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data }))
    }

    terminate() {
      this.frame.remove()
    }
  }
}
