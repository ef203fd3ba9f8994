using System.Diagnostics.CodeAnalysis;

namespace Culvert.Platform.Wire;

/// <summary>Answer to an edge's enrolment or renewal.</summary>
public sealed record EdgeEnrollment : MachineEnrollment
{
    public const string TypeName = "edge_enrollment";

    public EdgeEnrollment() { }

    [SetsRequiredMembers]
    public EdgeEnrollment(MachineEnrollment shared)
        : base(shared) => Id = shared.Id;

    public string Type { get; init; } = TypeName;

    /// <summary>The edge's id, <c>edge_…</c>.</summary>
    public override required string Id
    {
        get => base.Id;
        init => base.Id = value;
    }
}
