namespace Culvert.Identity.Service.Federation.Rules.Cel;

internal static class CelTypes
{
    private static readonly string[] Names =
    [
        "dyn",
        "bool",
        "int",
        "uint",
        "double",
        "string",
        "null_type",
        "list",
        "map",
    ];

    public static string Name(this CelType type) => Names[(int)type];

    public static bool IsNumber(this CelType type) => type is CelType.Int or CelType.Uint or CelType.Double;

    /// <summary>Whether a value of this type may have one of those types at evaluation.</summary>
    public static bool MayBe(this CelType type, params ReadOnlySpan<CelType> types) =>
        type == CelType.Dyn || types.Contains(type);

    public static CelType TypeFor(object value) =>
        value switch
        {
            bool => CelType.Bool,
            long => CelType.Int,
            ulong => CelType.Uint,
            double => CelType.Double,
            string => CelType.String,
            CelNull => CelType.Null,
            CelList => CelType.List,
            CelMap => CelType.Map,
            _ => CelType.Dyn,
        };
}
