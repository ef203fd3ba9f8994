namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>A schema cannot be used for checks.</summary>
internal sealed class SchemaException(string place, string problem)
    : Exception($"{(place.Length == 0 ? "The schema" : place)}: {problem}");
