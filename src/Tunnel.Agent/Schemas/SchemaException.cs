namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>A schema is unusable for validation.</summary>
internal sealed class SchemaException(string place, string problem)
    : Exception($"{(place.Length == 0 ? "The schema" : place)}: {problem}");
