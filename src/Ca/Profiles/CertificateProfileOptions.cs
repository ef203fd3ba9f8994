namespace Culvert.Ca.Profiles;

/// <summary>A profile as an operator writes it; <see cref="CertificateProfile.Create"/> validates it.</summary>
public sealed record CertificateProfileOptions
{
    /// <summary>The name in errors and audit.</summary>
    public required string Name { get; init; }

    /// <summary>Accepted subject keys: <c>ecdsa-p256|ecdsa-p384|ecdsa-p521|rsa-2048|rsa-3072|rsa-4096</c>.</summary>
    public IReadOnlyList<string> KeyAlgorithms { get; init; } = ["ecdsa-p256", "ecdsa-p384"];

    /// <summary>Default lifetime, counted from issuance. At most <see cref="MaxLife"/>.</summary>
    public TimeSpan DefaultLife { get; init; } = TimeSpan.FromHours(1);

    public TimeSpan MaxLife { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Shortest lifetime that may be requested; at least 5 s.</summary>
    public TimeSpan MinLife { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How far notBefore precedes issuance, for slow clocks; 0 to 5 min, at most half of the lifetime.</summary>
    public TimeSpan Backdate { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary><c>server_auth</c> and <c>client_auth</c>, or only <c>ocsp_signing</c>; empty for an authority.</summary>
    public IReadOnlyList<string> ExtendedKeyUsages { get; init; } = [];

    /// <summary>Kinds of a leaf's names: <c>dns|uri|ip</c>; empty for an authority and an OCSP responder.</summary>
    public IReadOnlyList<string> NameKinds { get; init; } = [];

    public bool IsAuthority { get; init; }

    /// <summary>Authorities: how many authorities may follow below; null = no limit.</summary>
    public int? PathLength { get; init; }
}
