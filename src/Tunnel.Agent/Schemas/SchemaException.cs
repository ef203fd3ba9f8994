namespace Culvert.Tunnel.Agent.Schemas;

internal sealed class SchemaException(string place, string problem)
    : Exception($"{(place.Length == 0 ? "The schema" : place)}: {problem}");
