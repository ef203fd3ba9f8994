namespace Culvert.Platform.Configuration;

/// <summary>What the YAML file says, before anybody has asked what it should be.</summary>
/// <param name="Line">Where it starts, counted from 1.</param>
internal abstract record ConfigNode(int Line);
