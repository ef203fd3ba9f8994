namespace Culvert.Platform.Configuration;

/// <summary>What the reference says about a key.</summary>
/// <param name="Meaning">What it sets, in sentences.</param>
/// <param name="Unit">What a whole number counts; empty where the value's type says it.</param>
public sealed record ConfigKey(string Meaning, string Unit);
