namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>Versions of JSON Schema, the oldest first.</summary>
internal enum SchemaDialect
{
    /// <summary>Drafts 6 and 7; keywords that only one of them has distinguish them.</summary>
    Draft7,
    Draft2019,

    /// <summary>The dialect of MCP, for schemas that state none.</summary>
    Draft2020,
}
