using Culvert.Platform.Configuration;

namespace Culvert.Platform.Net;

/// <summary>Reads a <c>proxy_protocol</c> section: of the edge, or of one of the service's two ports.</summary>
public static class ProxyProtocolSection
{
    public static ProxyProtocolOptions Read(ConfigSection parent)
    {
        ArgumentNullException.ThrowIfNull(parent);
        var section = parent.Section("proxy_protocol");
        var options = new ProxyProtocolOptions
        {
            Required = section.Bool("required", false),
            TrustedProxies = section.Ranges("trusted_proxies"),
        };
        if (options.Required && options.TrustedProxies.IsEmpty)
        {
            section.Error(
                "trusted_proxies",
                "A PROXY header is required, but no address may send one.",
                "List the addresses of the balancers: they report the addresses of the clients."
            );
        }
        else if (!options.Required && !options.TrustedProxies.IsEmpty)
        {
            section.Error(
                "required",
                "Balancers are trusted, but no PROXY header is read: it is never detected.",
                "Set required: true, or remove trusted_proxies."
            );
        }

        return options;
    }
}
