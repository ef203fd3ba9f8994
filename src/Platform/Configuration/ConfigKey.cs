namespace Culvert.Platform.Configuration;

/// <summary>The reference documentation of a key.</summary>
/// <param name="Meaning">What it sets, in sentences.</param>
/// <param name="Unit">The unit of a whole number; empty where the value's type determines it.</param>
public sealed record ConfigKey(string Meaning, string Unit);
