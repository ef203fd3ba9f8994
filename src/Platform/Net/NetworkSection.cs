using Culvert.Platform.Configuration;

namespace Culvert.Platform.Net;

/// <summary>Reads the <c>network</c> section, which the three programs share.</summary>
public static class NetworkSection
{
    /// <summary>Declares the keys. None of them works yet, so only what changes nothing may be written.</summary>
    public static void Read(ConfigSection root)
    {
        var section = root.Section("network");
        section.NotYet("proxy");
        section.NotYet("ca_bundle", permitted: "");
        section.NotYet("address_family", permitted: "any");
    }
}
