namespace Culvert.Identity.Service.Http;

/// <summary>The kind of machine that a client certificate on 8444 names.</summary>
internal enum MachineRole
{
    Agent,
    Edge,
}
