namespace Culvert.Identity.Service.Scim;

internal enum ScimDataType
{
    String,
    Boolean,
    DateTime,
    Complex,
}

/// <summary>An attribute or sub-attribute of a schema (RFC 7643 §2).</summary>
internal sealed record ScimAttribute(string Name, ScimDataType Type, string Description)
{
    public const int DefaultLength = 256;

    public bool IsMultiValued => MaxValues > 0;

    /// <summary>0 = the attribute has one value.</summary>
    public int MaxValues { get; init; }

    public bool IsRequired { get; init; }

    public bool IsReadOnly { get; init; }

    public bool IsCaseExact { get; init; }

    public bool IsUnique { get; init; }

    /// <summary>False = accepted, and not stored.</summary>
    public bool IsStored { get; init; } = true;

    public int MaxLength { get; init; } = DefaultLength;

    public IReadOnlyList<ScimAttribute> SubAttributes { get; init; } = [];

    public ScimAttribute? FindSub(string name) => Find(SubAttributes, name);

    /// <summary>RFC 7643 §2.1: names of attributes are compared without regard to case.</summary>
    public static ScimAttribute? Find(IReadOnlyList<ScimAttribute> attributes, string name) =>
        attributes.FirstOrDefault(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
