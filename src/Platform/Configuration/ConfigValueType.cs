namespace Culvert.Platform.Configuration;

/// <summary>What a key holds.</summary>
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

    /// <summary>Text, a number or a boolean; quotes tell text from the others.</summary>
    Literal,
    TextList,
    RangeList,
    EndPointList,
    LiteralList,
    TextMap,
    TextListMap,
    Section,
    Map,
    List,

    /// <summary>A key that has no effect, and that the reference does not name.</summary>
    Former,
}
