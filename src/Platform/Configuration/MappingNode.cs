namespace Culvert.Platform.Configuration;

/// <param name="Entries">By key, in the file's order; <c>KeyLine</c> is the line of the key.</param>
internal sealed record MappingNode(int Line, IReadOnlyDictionary<string, (int KeyLine, ConfigNode Value)> Entries)
    : ConfigNode(Line)
{
    public static MappingNode Empty { get; } = new(0, new Dictionary<string, (int, ConfigNode)>());
}
