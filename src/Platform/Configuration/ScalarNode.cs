namespace Culvert.Platform.Configuration;

/// <param name="Line">Where it starts, counted from 1.</param>
/// <param name="Text">The value after YAML's own unquoting.</param>
/// <param name="IsPlain">Written without quotes: only then may it be a number or a boolean.</param>
internal sealed record ScalarNode(int Line, string Text, bool IsPlain) : ConfigNode(Line)
{
    /// <summary>YAML's ways to write nothing (YAML 1.2.2 §10.2.1.1).</summary>
    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";
}
