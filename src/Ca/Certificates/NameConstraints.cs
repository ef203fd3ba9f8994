using System.Formats.Asn1;
using Culvert.Ca.Encoding;
using Culvert.Ca.Names;

namespace Culvert.Ca.Certificates;

/// <summary>
/// RFC 5280 §4.2.1.10, evaluated for the kinds of names that we certify (DNS, URI, IP address). Subtrees of other kinds do
/// not affect our leaves; kinds that verifiers do not evaluate are refused at registration.
/// </summary>
public sealed class NameConstraints
{
    private const int MaxSubtrees = 256;

    private static readonly Asn1Tag PermittedTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag ExcludedTag = new(TagClass.ContextSpecific, 1);

    private NameConstraints(bool critical, List<GeneralName> permitted, List<GeneralName> excluded)
    {
        Critical = critical;
        Permitted = permitted;
        Excluded = excluded;
    }

    /// <summary>Whether the extension is critical, as RFC 5280 requires.</summary>
    public bool Critical { get; }

    public IReadOnlyList<GeneralName> Permitted { get; }

    public IReadOnlyList<GeneralName> Excluded { get; }

    /// <summary>True when verifiers evaluate the kinds of all subtrees.</summary>
    public bool HasOnlyKnownKinds => Permitted.Concat(Excluded).All(IsKnown);

    internal IEnumerable<string> DescribeUnknownKinds() =>
        DescribeUnknownKinds("permitted", Permitted).Concat(DescribeUnknownKinds("excluded", Excluded));

    internal bool Binds(GeneralNameKind kind) => Permitted.Concat(Excluded).Any(subtree => subtree.Kind == kind);

    /// <summary>True when an authority with these constraints may certify this name.</summary>
    internal bool Allows(GeneralNameKind kind, string text, ReadOnlySpan<byte> content)
    {
        bool constrained = false;
        bool permitted = false;
        foreach (GeneralName subtree in Permitted)
        {
            if (subtree.Kind == kind)
            {
                constrained = true;
                permitted |= IsWithin(kind, text, content, subtree);
            }
        }

        if (constrained && !permitted)
        {
            return false;
        }

        foreach (GeneralName subtree in Excluded)
        {
            if (
                subtree.Kind == kind
                && (
                    IsWithin(kind, text, content, subtree)
                    || (kind == GeneralNameKind.Dns && Covers(text, subtree.Text))
                )
            )
            {
                return false;
            }
        }

        return true;
    }

    internal static NameConstraints Read(bool critical, AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        List<GeneralName> permitted = ReadSubtrees(sequence, PermittedTag);
        List<GeneralName> excluded = ReadSubtrees(sequence, ExcludedTag);
        sequence.ThrowIfNotEmpty();
        if (permitted.Count + excluded.Count == 0)
        {
            throw new AsnContentException("name constraints without a subtree");
        }

        return new NameConstraints(critical, permitted, excluded);
    }

    private static List<GeneralName> ReadSubtrees(AsnReader sequence, Asn1Tag tag)
    {
        List<GeneralName> subtrees = [];
        if (!sequence.HasData || !sequence.PeekTag().HasSameClassAndValue(tag))
        {
            return subtrees;
        }

        AsnReader list = sequence.ReadSequence(tag);
        while (list.HasData)
        {
            if (subtrees.Count == MaxSubtrees)
            {
                throw new AsnContentException("too many subtrees");
            }

            // minimum is DEFAULT 0 and maximum must be absent (RFC 5280 §4.2.1.10), so a subtree is only its base.
            AsnReader subtree = list.ReadSequence();
            subtrees.Add(GeneralName.Read(subtree));
            subtree.ThrowIfNotEmpty();
        }

        return subtrees;
    }

    private static IEnumerable<string> DescribeUnknownKinds(string list, IReadOnlyList<GeneralName> subtrees)
    {
        for (int i = 0; i < subtrees.Count; i++)
        {
            if (!IsKnown(subtrees[i]))
            {
                yield return $"{list} subtree {i + 1} is {Describe(subtrees[i])}";
            }
        }
    }

    private static string Describe(GeneralName subtree) =>
        subtree.Kind switch
        {
            GeneralNameKind.IpAddress =>
                $"an IP address of {subtree.Content.Length} octets, and address and mask have 8 (IPv4) or 32 (IPv6)",
            GeneralNameKind.OtherName when ReadOtherNameType(subtree.Content) is { } type => type
            == Oids.UserPrincipalName
                ? $"a user principal name (UPN, {type})"
                : $"another name of type {type}",
            GeneralNameKind.OtherName => "another name",
            GeneralNameKind.X400Address => "an X.400 address",
            GeneralNameKind.EdiPartyName => "an EDI party name",
            _ => "a registered identifier",
        };

    // OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY } under the implicit tag [0].
    private static string? ReadOtherNameType(ReadOnlyMemory<byte> encoded)
    {
        try
        {
            return new AsnReader(encoded, AsnEncodingRules.DER)
                .ReadSequence(new Asn1Tag(TagClass.ContextSpecific, (int)GeneralNameKind.OtherName))
                .ReadObjectIdentifier();
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static bool IsKnown(GeneralName subtree) =>
        subtree.Kind
            is GeneralNameKind.Dns
                or GeneralNameKind.Email
                or GeneralNameKind.Uri
                or GeneralNameKind.DirectoryName
        || (subtree.Kind == GeneralNameKind.IpAddress && subtree.Content.Length is 8 or 32);

    private static bool IsWithin(GeneralNameKind kind, string text, ReadOnlySpan<byte> content, GeneralName subtree) =>
        kind switch
        {
            GeneralNameKind.Dns => IsDnsWithin(text, subtree.Text),
            GeneralNameKind.Uri => IsUriWithin(text, subtree.Text),
            GeneralNameKind.IpAddress => IsAddressWithin(content, subtree.Content.Span),
            _ => false,
        };

    /// <summary>
    /// A name is within the subtree if it adds zero or more labels on the left. A leading dot, which some tools write, means
    /// at least one more label, as in OpenSSL.
    /// </summary>
    private static bool IsDnsWithin(string name, string subtree)
    {
        if (subtree.Length == 0)
        {
            return true;
        }

        if (subtree[0] == '.')
        {
            return name.Length > subtree.Length && name.EndsWith(subtree, StringComparison.OrdinalIgnoreCase);
        }

        return name.Equals(subtree, StringComparison.OrdinalIgnoreCase)
            || (
                name.Length > subtree.Length
                && name[^(subtree.Length + 1)] == '.'
                && name.EndsWith(subtree, StringComparison.OrdinalIgnoreCase)
            );
    }

    /// <summary>
    /// A wildcard matches every name one label below its base. If one of those is excluded, the wildcard is refused, too:
    /// verifiers compare it literally and would let the excluded host be impersonated.
    /// </summary>
    private static bool Covers(string name, string subtree)
    {
        if (!name.StartsWith("*.", StringComparison.Ordinal))
        {
            return false;
        }

        string host = subtree.TrimStart('.');
        int dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && host.AsSpan(dot + 1).Equals(name.AsSpan(2), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The host must match exactly, or be any host below when the constraint begins with a dot.</summary>
    private static bool IsUriWithin(string uri, string subtree)
    {
        if (!Uri.TryCreate(uri, UriKind.Absolute, out Uri? parsed))
        {
            return false;
        }

        string host = parsed.Host;
        return subtree.StartsWith('.')
            ? host.Length > subtree.Length && host.EndsWith(subtree, StringComparison.OrdinalIgnoreCase)
            : host.Equals(subtree, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsAddressWithin(ReadOnlySpan<byte> address, ReadOnlySpan<byte> subtree)
    {
        if (subtree.Length != 2 * address.Length)
        {
            return false;
        }

        for (int i = 0; i < address.Length; i++)
        {
            byte mask = subtree[address.Length + i];
            if ((address[i] & mask) != (subtree[i] & mask))
            {
                return false;
            }
        }

        return true;
    }
}
