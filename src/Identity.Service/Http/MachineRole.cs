namespace Culvert.Identity.Service.Http;

internal enum MachineRole
{
    Agent,
    Edge,
}
