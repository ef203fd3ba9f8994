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
        "A root was already prepared or is already active, or a machine does not hold the new root yet.",
        "Run culvert platform-root show to see the state of the rotation, the missing machines and the next step."
    );

    public static readonly ErrorCode TwoPerson = new(
        "platform_root.two_person",
        403,
        "A second person must accept that machines are missing.",
        "With two-person approval, the person who prepared the root cannot override its acknowledgements.",
        "Ask a second person to activate it, or wait for the missing machines."
    );

    public static Refusal Changed() => State.Refuse("Another command changed the roots first.");

    public static Refusal InvalidState(PlatformAuthority root) =>
        State.Refuse($"The root is {WireNames.Get(root.State)}.").With("state", WireNames.Get(root.State));

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

    public static Refusal TooEarly(DateTimeOffset notBefore) =>
        State.Refuse("Some nodes of the service may not know it yet.").With("not_before", notBefore.UtcDateTime);
}
