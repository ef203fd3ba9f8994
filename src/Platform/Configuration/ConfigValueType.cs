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
    TextList,
    RangeList,
    EndPointList,
    TextMap,
    TextListMap,
    Section,
    Map,
    List,

    /// <summary>A key of the reference that this version refuses.</summary>
    NotYet,
}
