namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>Versions of JSON Schema, the oldest first.</summary>
internal enum SchemaDialect
{
    /// <summary>Drafts 6 and 7, which differ in keywords that the other does not have.</summary>
    Draft7,
    Draft2019,

    /// <summary>That of MCP, where a schema does not say another.</summary>
    Draft2020,
}
