namespace Culvert.Identity.Cli.Declarative;

internal enum FieldType
{
    Text,
    Number,
    Boolean,

    /// <summary>A list of texts in any order.</summary>
    TextSet,

    /// <summary>Texts by name; each is compared separately, and missing names are not managed.</summary>
    TextMap,

    /// <summary>In the API's form; compared as a whole.</summary>
    Object,

    ObjectList,
}
