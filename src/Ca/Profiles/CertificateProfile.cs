using Culvert.Ca.Certificates;
using Culvert.Ca.Encoding;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;

namespace Culvert.Ca.Profiles;

/// <summary>A validated profile: what certificates of one kind contain and how long they live.</summary>
public sealed class CertificateProfile
{
    private const string OcspSigning = "ocsp_signing";

    internal static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(5);
    internal static readonly TimeSpan LongestBackdate = TimeSpan.FromMinutes(5);

    private CertificateProfile(
        CertificateProfileOptions options,
        List<KeyAlgorithm> keyAlgorithms,
        List<string> purposes,
        List<GeneralNameKind> nameKinds
    )
    {
        Name = options.Name;
        KeyAlgorithms = keyAlgorithms;
        DefaultLife = options.DefaultLife;
        MaxLife = options.MaxLife;
        MinLife = options.MinLife;
        Backdate = options.Backdate;
        ExtendedKeyUsages = purposes;
        NameKinds = nameKinds;
        IsAuthority = options.IsAuthority;
        PathLength = options.PathLength;
    }

    public string Name { get; }

    public IReadOnlyList<KeyAlgorithm> KeyAlgorithms { get; }

    public TimeSpan DefaultLife { get; }

    public TimeSpan MaxLife { get; }

    public TimeSpan MinLife { get; }

    public TimeSpan Backdate { get; }

    /// <summary>Object identifiers, in the order of the certificate.</summary>
    public IReadOnlyList<string> ExtendedKeyUsages { get; }

    public IReadOnlyList<GeneralNameKind> NameKinds { get; }

    public bool IsAuthority { get; }

    public int? PathLength { get; }

    /// <summary>Signs its issuer's OCSP answers (RFC 6960 §4.2.2.2); clients do not check its revocation.</summary>
    public bool IsResponder => ExtendedKeyUsages.Contains(Oids.OcspSigning);

    /// <summary>digitalSignature suffices for leaves, which sign TLS 1.3 handshakes, with every key type.</summary>
    public KeyUsages KeyUsage => IsAuthority ? KeyUsages.KeyCertSign | KeyUsages.CrlSign : KeyUsages.DigitalSignature;

    /// <summary>Validates a profile.</summary>
    /// <returns>Null when there are errors, each of which names the option and its valid values.</returns>
    public static CertificateProfile? Create(CertificateProfileOptions options, out IReadOnlyList<string> errors)
    {
        List<string> found = [];
        List<KeyAlgorithm> keyAlgorithms = [];
        foreach (string name in options.KeyAlgorithms)
        {
            if (Keys.KeyAlgorithms.TryParse(name, out KeyAlgorithm algorithm))
            {
                keyAlgorithms.Add(algorithm);
            }
            else
            {
                found.Add(
                    $"KeyAlgorithms: '{name}' is not one of ecdsa-p256, ecdsa-p384, ecdsa-p521, rsa-2048, rsa-3072, rsa-4096."
                );
            }
        }

        List<string> purposes = Translate(
            options.ExtendedKeyUsages,
            nameof(options.ExtendedKeyUsages),
            [("server_auth", Oids.ServerAuth), ("client_auth", Oids.ClientAuth), (OcspSigning, Oids.OcspSigning)],
            found
        );
        List<GeneralNameKind> nameKinds = Translate(
            options.NameKinds,
            nameof(options.NameKinds),
            [("dns", GeneralNameKind.Dns), ("uri", GeneralNameKind.Uri), ("ip", GeneralNameKind.IpAddress)],
            found
        );
        CheckLives(options, found);
        CheckRole(options, found);
        if (options.KeyAlgorithms.Count == 0)
        {
            found.Add("KeyAlgorithms: list at least one algorithm.");
        }

        errors = found;
        return found.Count == 0 ? new CertificateProfile(options, keyAlgorithms, purposes, nameKinds) : null;
    }

    /// <summary>Does the same as <see cref="Create"/>, for options that were validated where they were read.</summary>
    /// <exception cref="ArgumentException">The profile has errors.</exception>
    public static CertificateProfile CreateValid(CertificateProfileOptions options) =>
        Create(options, out IReadOnlyList<string> errors)
        ?? throw new ArgumentException(string.Join(" ", errors), nameof(options));

    private static void CheckLives(CertificateProfileOptions options, List<string> errors)
    {
        if (options.MinLife < ShortestLife)
        {
            errors.Add("MinLife: must be at least 5 s.");
        }

        if (options.DefaultLife < options.MinLife || options.DefaultLife > options.MaxLife)
        {
            errors.Add("DefaultLife: must lie between MinLife and MaxLife.");
        }

        if (options.Backdate < TimeSpan.Zero || options.Backdate > LongestBackdate)
        {
            errors.Add("Backdate: must lie between 0 and 5 min.");
        }
    }

    private static void CheckRole(CertificateProfileOptions options, List<string> errors)
    {
        bool hasLeafParts = options.ExtendedKeyUsages.Count + options.NameKinds.Count > 0;
        if (options.IsAuthority && hasLeafParts)
        {
            errors.Add("IsAuthority: an authority has neither ExtendedKeyUsages nor NameKinds.");
        }

        // A certificate that both serves and signs answers would let a server confirm its own status.
        if (options.ExtendedKeyUsages.Contains(OcspSigning))
        {
            if (options.ExtendedKeyUsages.Count > 1 || options.NameKinds.Count > 0)
            {
                errors.Add("ExtendedKeyUsages: ocsp_signing allows no other purpose and no NameKinds.");
            }
        }
        else if (!options.IsAuthority && (options.ExtendedKeyUsages.Count == 0 || options.NameKinds.Count == 0))
        {
            errors.Add("ExtendedKeyUsages, NameKinds: a leaf needs at least one of each.");
        }

        if (options.PathLength is < 0 || (options.PathLength is not null && !options.IsAuthority))
        {
            errors.Add("PathLength: must be 0 or more, and only for an authority.");
        }
    }

    private static List<T> Translate<T>(
        IReadOnlyList<string> written,
        string option,
        (string Name, T Value)[] table,
        List<string> errors
    )
    {
        List<T> values = [];
        foreach (string name in written)
        {
            int index = Array.FindIndex(table, entry => entry.Name == name);
            if (index < 0)
            {
                errors.Add($"{option}: '{name}' is not one of {string.Join(", ", table.Select(entry => entry.Name))}.");
            }
            else
            {
                values.Add(table[index].Value);
            }
        }

        return values;
    }
}
