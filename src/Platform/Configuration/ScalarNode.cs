namespace Culvert.Platform.Configuration;

/// <param name="Text">The value after YAML's unquoting.</param>
/// <param name="IsPlain">Written without quotes: only such a value can be a number or a boolean.</param>
internal sealed record ScalarNode(int Line, string Text, bool IsPlain) : ConfigNode(Line)
{
    /// <summary>YAML's spellings of null (YAML 1.2.2 §10.2.1.1).</summary>
    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";
}
