using Culvert.Identity.Service.OAuthClients;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Configuration;

internal static class DynamicRegistrationSection
{
    /// <summary>Its key in <c>authorization</c>.</summary>
    public const string Key = "dynamic_registration";

    private const string Hosts = "redirect_hosts";
    private const int MaxHosts = 256;

    public static DynamicRegistrationOptions Read(ConfigSection registration)
    {
        var hosts = registration.Strings(Hosts);
        // Every host would let any website receive the codes of a program that looks like a known one.
        if (
            hosts.Count > MaxHosts
            || !hosts.All(host => host != ClientDocumentUrls.AnyHost && ClientDocumentUrls.IsPattern(host))
        )
        {
            registration.Error(
                Hosts,
                $"The value must be a list of at most {MaxHosts} hosts in lower case.",
                "Write hosts, or *.example.com for all names below a domain: [client.example.com]."
            );
        }

        return new DynamicRegistrationOptions
        {
            Enabled = registration.Bool("enabled", false),
            RedirectHosts = hosts,
            MaxClients = registration.Int("max_clients", 10_000, 1, 100_000),
            UnusedAfter = registration.Duration(
                "unused_after",
                TimeSpan.FromDays(30),
                TimeSpan.FromDays(1),
                TimeSpan.FromDays(365)
            ),
        };
    }
}
