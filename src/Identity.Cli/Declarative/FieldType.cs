namespace Culvert.Identity.Cli.Declarative;

/// <summary>The kind of value of a field of a declared resource.</summary>
internal enum FieldType
{
    Text,
    Number,
    Boolean,

    /// <summary>A list of texts whose order means nothing.</summary>
    TextSet,

    /// <summary>As the API has it; compared whole.</summary>
    Object,

    /// <summary>The same, a list.</summary>
    ObjectList,
}
