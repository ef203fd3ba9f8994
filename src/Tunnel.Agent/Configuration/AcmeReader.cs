using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Certificates;
using Culvert.Platform.Configuration;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Acme;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads the section <c>acme</c>.</summary>
internal static class AcmeReader
{
    public static AcmeSettings Read(ConfigSection section)
    {
        var external = section.Section("external_account");
        var settings = AcmeSettings.None with
        {
            Directory = section.String("directory"),
            Roots = section.ReadRoots(
                "ca_file",
                section.Path("ca_file"),
                "Name a file with the root of the CA's server."
            ),
            AllowedRanges = section.Ranges("allowed_ranges"),
            Contact = ReadContact(section),
            ExternalKeyId = external.String("key_id"),
            ExternalKey = external.Secret("hmac_key"),
            CaaIdentity = section.String("caa_identity"),
            Resolvers = section.EndPoints("resolvers"),
            DangerousAllowUnbound = section.Bool("dangerous_allow_unbound_acme", false),
        };
        settings = settings with { Origin = DescribeOrigin(section, settings.Roots) };
        var agreed = section.Bool("accept_terms", false);
        if (settings.Directory.Length == 0)
        {
            return settings;
        }

        if (!SafeFetcher.TryParseUrl(settings.Directory, out _))
        {
            section.Error("directory", "This is not an https URL.", "Write the URL of the CA's ACME directory.");
        }

        if (!agreed)
        {
            section.Error(
                "accept_terms",
                "The CA creates an account only if you agree to its terms.",
                "Read the terms, then set it to true."
            );
        }

        if (settings.ExternalKeyId.Length > 0 != settings.ExternalKey is not null)
        {
            external.Error(
                settings.ExternalKeyId.Length > 0 ? "hmac_key" : "key_id",
                "An external account has both an id and a key.",
                "Write both as the CA shows them, or neither."
            );
        }

        if (settings.CaaIdentity.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-')))
        {
            section.Error(
                "caa_identity",
                "This is not a domain name.",
                "Write the name that the CA documents for CAA."
            );
        }

        return settings;
    }

    // Includes the content of the CA file, which may have changed at the next SIGHUP.
    private static string DescribeOrigin(ConfigSection section, X509Certificate2Collection? roots) =>
        string.Join(' ', [section.Digest(), .. (roots ?? []).Select(CertificateNames.Fingerprint)]);

    private static IReadOnlyList<string> ReadContact(ConfigSection section)
    {
        var contacts = section.Strings("contact");
        foreach (var contact in contacts)
        {
            // RFC 8555 §7.3: one address, no header fields.
            if (
                !contact.StartsWith("mailto:", StringComparison.Ordinal)
                || contact.AsSpan().ContainsAny('?', ',', ' ')
                || !contact.Contains('@', StringComparison.Ordinal)
            )
            {
                section.Error("contact", $"{contact} is not a contact.", "Write mailto: and one address.");
            }
        }

        return contacts;
    }
}
