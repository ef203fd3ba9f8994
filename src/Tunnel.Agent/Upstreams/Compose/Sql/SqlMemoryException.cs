namespace Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

/// <summary>The bound on the memory of a call was reached.</summary>
internal sealed class SqlMemoryException() : Exception("A statement needs more memory than one call may have.");
