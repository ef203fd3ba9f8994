using System.Diagnostics.CodeAnalysis;

namespace Culvert.Platform.Certificates;

public sealed record PeerVerification
{
    private PeerVerification() { }

    [MemberNotNullWhen(true, nameof(Id), nameof(Serial))]
    public bool IsAccepted => Refusal == PeerRefusal.None;

    public PeerRefusal Refusal { get; private init; }

    /// <summary>The peer's identity; null when refused.</summary>
    public SpiffeId? Id { get; private init; }

    /// <summary>The certificate's serial as on the wire; null when refused.</summary>
    public string? Serial { get; private init; }

    /// <summary>Start of validity: of one machine's certificates, the later issued one starts later.</summary>
    public DateTimeOffset NotBefore { get; private init; }

    public DateTimeOffset NotAfter { get; private init; }

    internal static PeerVerification Accepted(
        SpiffeId id,
        string serial,
        DateTimeOffset notBefore,
        DateTimeOffset notAfter
    ) =>
        new()
        {
            Id = id,
            Serial = serial,
            NotBefore = notBefore,
            NotAfter = notAfter,
        };

    internal static PeerVerification Refused(PeerRefusal refusal) => new() { Refusal = refusal };
}
