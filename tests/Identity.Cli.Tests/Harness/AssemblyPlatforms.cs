using System.Runtime.Versioning;

[assembly: UnsupportedOSPlatform("windows")] // file modes are asserted
