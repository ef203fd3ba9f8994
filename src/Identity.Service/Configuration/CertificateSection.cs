using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.Revocation.Ocsp;
using Culvert.Platform.Configuration;
using Culvert.Platform.Launching;

namespace Culvert.Identity.Service.Configuration;

internal static class CertificateSection
{
    public static CertificateOptions Read(ConfigSection certificates)
    {
        certificates.Former("lint_warnings", permitted: "report");
        // Opened once: a section knows the keys that were read from it, and refuses the others.
        var connector = certificates.Section("signing_connector");
        var shortest = TimeSpan.FromSeconds(5);
        var options = new CertificateOptions
        {
            ServerLife = certificates.Duration("server_life", TimeSpan.FromHours(24), shortest, TimeSpan.FromDays(90)),
            ServerLifeMax = certificates.Duration(
                "server_life_max",
                TimeSpan.FromDays(90),
                shortest,
                TimeSpan.FromDays(398)
            ),
            PlatformLife = certificates.Duration(
                "platform_life",
                TimeSpan.FromHours(1),
                shortest,
                TimeSpan.FromHours(24)
            ),
            Backdate = certificates.Duration("backdate", TimeSpan.FromMinutes(2), max: TimeSpan.FromMinutes(5)),
            SigningCommand = connector.Strings("command"),
            SigningEnvironment = connector.Strings("inherit_environment", [.. ChildCommand.UsualEnvironment]),
            SigningEst = EstSection.Read(connector),
            KeyRetention = certificates.Duration("key_retention", TimeSpan.FromDays(30), max: TimeSpan.FromDays(3650)),
            Propagation = certificates.Duration("propagation", TimeSpan.FromHours(24), max: TimeSpan.FromDays(30)),
            SingleApproval = certificates.Choice("approval", "two_person", "two_person", "single") == "single",
            DangerousAllowKeyImport = certificates.Bool("dangerous_allow_key_import", false),
            DangerousPlatformRootWait = certificates.Duration(
                "dangerous_platform_root_wait",
                TimeSpan.FromMinutes(1),
                max: TimeSpan.FromMinutes(1)
            ),
            RevocationShards = certificates.Int("crl_shards", 128, 1, RevocationShards.Most),
            RevocationListLife = certificates.Duration(
                "crl_life",
                TimeSpan.FromHours(24),
                TimeSpan.FromMinutes(10),
                TimeSpan.FromDays(7)
            ),
            RevocationUrl = certificates.String("crl_url", "").TrimEnd('/'),
            ListAlways = certificates.Choice("crl_address", "long_lived", "long_lived", "always") == "always",
            OcspLife = certificates.Duration(
                "ocsp_life",
                TimeSpan.FromHours(1),
                TimeSpan.FromMinutes(10),
                TimeSpan.FromHours(12)
            ),
            OcspUrl = certificates.String("ocsp_url", "").TrimEnd('/'),
            ResponderAddress = certificates.Choice("ocsp_address", "never", "never", "long_lived", "always") switch
            {
                "always" => ResponderAddress.Always,
                "long_lived" => ResponderAddress.LongLived,
                _ => ResponderAddress.Never,
            },
            BlockedKeysFile = certificates.Path("blocked_keys_file"),
        };
        Check(certificates, options);
        return options;
    }

    private static void Check(ConfigSection certificates, CertificateOptions options)
    {
        if (
            options.BlockedKeysFile.Length > 0
            && !BlockedKeyList.TryRead(options.BlockedKeysFile, out _, out var error)
        )
        {
            certificates.Error(
                "blocked_keys_file",
                $"The list is not usable: {error}",
                "Write one SHA-256 of a SubjectPublicKeyInfo per line, in hex, or leave the key empty."
            );
        }

        if (options.ServerLife > options.ServerLifeMax)
        {
            certificates.Error(
                "server_life",
                "The default lifetime is longer than the maximum.",
                "Use at most server_life_max."
            );
        }

        if (!RevocationShards.IsCount(options.RevocationShards))
        {
            certificates.Error("crl_shards", "It is not a power of two.", "Use 1, 2, 4, … up to 4096.");
        }

        RequireWebAddress(certificates, "crl_url", options.RevocationUrl);
        RequireWebAddress(certificates, "ocsp_url", options.OcspUrl);
    }

    private static void RequireWebAddress(ConfigSection certificates, string key, string url)
    {
        if (
            url.Length > 0
            && !(
                Uri.TryCreate(url, UriKind.Absolute, out var address)
                && address.Scheme is "http" or "https"
                && url.All(char.IsAscii)
            )
        )
        {
            certificates.Error(
                key,
                "The URL must start with http:// or https://.",
                "Use the URL that relying parties can reach."
            );
        }
    }
}
