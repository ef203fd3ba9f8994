namespace Culvert.Platform.Configuration;

public enum ConfigValueType
{
    Text,
    Boolean,
    WholeNumber,
    Duration,
    Size,
    Rate,
    Choice,
    Secret,
    Path,
    Url,
    EndPoint,

    /// <summary>Text, a number or a boolean; quotes mark text.</summary>
    Literal,
    TextList,
    RangeList,
    EndPointList,
    LiteralList,
    TextMap,
    TextListMap,

    /// <summary>A mapping that is read as a JSON object.</summary>
    Json,
    Section,
    Map,
    List,

    /// <summary>A key that has no effect and is not in the reference.</summary>
    Former,
}
