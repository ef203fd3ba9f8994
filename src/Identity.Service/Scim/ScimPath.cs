namespace Culvert.Identity.Service.Scim;

/// <summary>An attribute and perhaps a sub-attribute that a filter or an operation names.</summary>
internal sealed record ScimPath(ScimAttribute Attribute, ScimAttribute? Sub)
{
    /// <summary>The values of what a comparison names; an attribute with values compares their <c>value</c>.</summary>
    public ScimAttribute? Compared =>
        Sub ?? (Attribute.Type == ScimDataType.Complex ? Attribute.FindSub("value") : Attribute);

    /// <summary>Null if the schema has no such attribute.</summary>
    public static ScimPath? Find(ScimResourceType type, string text)
    {
        var name = WithoutSchema(type, text);
        var dot = name.IndexOf('.');
        if (type.Find(dot < 0 ? name : name[..dot]) is not { } attribute)
        {
            return null;
        }

        if (dot < 0)
        {
            return new ScimPath(attribute, Sub: null);
        }

        return attribute.FindSub(name[(dot + 1)..]) is { } sub ? new ScimPath(attribute, sub) : null;
    }

    /// <summary>RFC 7644 §3.10: the schema may precede an attribute's name.</summary>
    public static string WithoutSchema(ScimResourceType type, string text) =>
        text.StartsWith(type.Schema + ":", StringComparison.OrdinalIgnoreCase)
            ? text[(type.Schema.Length + 1)..]
            : text;
}
