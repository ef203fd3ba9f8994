namespace Culvert.Identity.Cli.Declarative;

/// <summary>The kind of value of a field of a declared resource.</summary>
internal enum FieldType
{
    Text,
    Number,
    Boolean,

    /// <summary>A list of texts whose order means nothing.</summary>
    TextSet,

    /// <summary>Texts by name; each is compared for itself, and names that are left out are not managed.</summary>
    TextMap,

    /// <summary>As the API has it; compared whole.</summary>
    Object,

    /// <summary>The same, a list.</summary>
    ObjectList,
}
