namespace Culvert.Identity.Service.Http;

/// <summary>What a client certificate on 8444 stands for.</summary>
internal enum MachineRole
{
    Agent,
    Edge,
}
