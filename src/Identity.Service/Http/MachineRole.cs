namespace Culvert.Identity.Service.Http;

/// <summary>The kind of machine of a client certificate on 8444.</summary>
internal enum MachineRole
{
    Agent,
    Edge,
}
