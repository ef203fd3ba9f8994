using System.Text.Json.Nodes;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

internal static class PlatformRootErrors
{
    public static readonly ErrorCode State = new(
        "platform_root.state",
        409,
        "The state of the platform's roots does not allow this.",
        "A root was prepared already, or signs already, or somebody does not hold the new one yet.",
        "culvert platform-root show says where the change stands, who is missing, and what comes next."
    );

    public static readonly ErrorCode TwoPerson = new(
        "platform_root.two_person",
        403,
        "Somebody else must accept that machines are missing.",
        "With two-person approval, who had the root made does not override its acknowledgements.",
        "Have a second person activate it, or wait for those who are missing."
    );

    public static Refusal StateOf(PlatformAuthority root) =>
        State.Refuse($"The root is {WireNames.Of(root.State)}.").With("state", WireNames.Of(root.State));

    public static Refusal Waits(PlatformAuthority root, IReadOnlyList<PlatformMachine> missing) =>
        State
            .Refuse($"{missing.Count} machines have not acknowledged the bundle that holds it.")
            .With(
                "blocked_by",
                new JsonArray([
                    .. missing.Select(machine => new JsonObject
                    {
                        ["kind"] = machine.IsEdge ? "edge" : "agent",
                        ["id"] = machine.Id,
                        ["name"] = machine.Name,
                        ["needed_epoch"] = root.AddedEpoch,
                    }),
                ])
            )
            .With(
                "override",
                $"culvert platform-root activate {root.Id.Value} --missing "
                    + $"{string.Join(' ', missing.Select(machine => machine.Id))} --reason TEXT"
            );

    public static Refusal TooEarly(PlatformAuthority root) =>
        State
            .Refuse("The service's own nodes may not all know it yet.")
            .With("not_before", PlatformSwap.NodesHoldAt(root).UtcDateTime);
}
