using System.Collections.Immutable;
using Culvert.Identity.Service.Certificates.BundleRules;
using Culvert.Identity.Service.Tunnels.Certificates;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.PlatformAuthorities;

/// <summary>
/// Every state that two swaps of the platform's root can lead to, with the service and two machines that renew, sleep and
/// wake at any moment, decided by the rules of the service itself (<see cref="BundleProtocol"/>).
/// </summary>
public sealed class PlatformSwapModelTests
{
    private const int MostRoots = 3;

    [Fact]
    public void EveryReachableState_EverybodyAwakeBelievesEverybodyElse_AndSleepersFindBack()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var queue = new Queue<World>();
        Visit(World.First);
        while (queue.TryDequeue(out var world))
        {
            foreach (var next in world.Steps())
            {
                next.Problem().ShouldBeNull($"{world.Key} → {next.Key}");
                Visit(next);
            }
        }

        seen.Count.ShouldBeGreaterThan(500);
        // Two whole swaps, one after the other, were among them.
        seen.ShouldContain(key => key.StartsWith("roots 2:Active |", StringComparison.Ordinal));

        void Visit(World world)
        {
            if (seen.Add(world.Key))
            {
                queue.Enqueue(world);
            }
        }
    }

    private sealed record Machine(bool Awake, long Epoch, ImmutableSortedSet<int> Anchors, int Leaf)
    {
        public string Key => $"{(Awake ? "awake" : "asleep")} {Epoch} [{string.Join(',', Anchors)}] {Leaf}";
    }

    private sealed record World(
        BundleState State,
        int Made,
        ImmutableSortedSet<int> Undone,
        int Service,
        ImmutableArray<Machine> Machines
    )
    {
        private const int NoLeaf = -1;

        public static World First { get; } =
            new(
                new BundleState(1, [new BundleAnchor("0", AnchorRole.Active, 1, HasLiveLeaves: true)], []),
                1,
                [],
                0,
                [new Machine(true, 1, [0], 0), new Machine(true, 1, [0], 0)]
            );

        public string Key =>
            $"roots {string.Join(' ', State.Anchors.Select(anchor => $"{anchor.Id}:{anchor.Role}"))} | epoch {State.Epoch}"
            + $" made {Made} undone {string.Join(',', Undone)} service {Service} | "
            + string.Join(" | ", Machines.Select(machine => machine.Key));

        private ImmutableSortedSet<int> Anchors => [.. State.Anchors.Select(anchor => int.Parse(anchor.Id))];

        private int Active => int.Parse(State.Active!.Id);

        // The rules see the present machines; who sleeps is a late joiner.
        private BundleState Ruled =>
            State with
            {
                Anchors =
                [
                    .. State.Anchors.Select(anchor =>
                        anchor with
                        {
                            HasLiveLeaves =
                                Service == int.Parse(anchor.Id)
                                || Machines.Any(machine => machine.Leaf == int.Parse(anchor.Id)),
                        }
                    ),
                ],
                Holders =
                [
                    .. Machines.Select(
                        (machine, i) =>
                            new BundleHolder($"m{i}", HolderKind.Agent, machine.Awake, machine.Epoch, machine.Epoch)
                    ),
                ],
            };

        public IEnumerable<World> Steps()
        {
            var staged = State.Anchors.FirstOrDefault(anchor => anchor.Role == AnchorRole.Staged);
            if (staged is null && Made < MostRoots)
            {
                if (BundleProtocol.Add(Ruled, $"{Made}", AnchorRole.Staged).Next is { } added)
                {
                    yield return this with
                    {
                        State = added,
                        Made = Made + 1,
                    };
                }
            }

            if (staged is not null)
            {
                if (BundleProtocol.Activate(Ruled, staged.Id).Next is { } switched)
                {
                    yield return this with
                    {
                        State = switched,
                    };
                }

                if (BundleProtocol.Rollback(Ruled, staged.Id).Next is { } back)
                {
                    yield return this with
                    {
                        State = back,
                        Undone = Undone.Add(int.Parse(staged.Id)),
                    };
                }
            }

            foreach (var retiring in State.Anchors.Where(anchor => anchor.Role == AnchorRole.Retiring))
            {
                if (BundleProtocol.Remove(Ruled, retiring.Id).Next is { } removed)
                {
                    yield return this with
                    {
                        State = removed,
                    };
                }
            }

            if (Service != Active)
            {
                yield return this with
                {
                    Service = Active,
                };
            }

            for (var i = 0; i < Machines.Length; i++)
            {
                foreach (var changed in StepsOf(Machines[i]))
                {
                    yield return this with
                    {
                        Machines = Machines.SetItem(i, changed),
                    };
                }
            }
        }

        private IEnumerable<Machine> StepsOf(Machine machine)
        {
            if (machine.Awake)
            {
                yield return machine with
                {
                    Epoch = State.Epoch,
                    Anchors = Anchors,
                };
                yield return machine with
                {
                    Epoch = State.Epoch,
                    Anchors = Anchors,
                    Leaf = Active,
                };
                yield return machine with
                {
                    Awake = false,
                };
            }
            else
            {
                // Its certificate expires while it sleeps; or it wakes before that, in the state in which it fell
                // asleep.
                yield return machine with
                {
                    Leaf = NoLeaf,
                };
                if (machine.Leaf != NoLeaf)
                {
                    yield return machine with
                    {
                        Awake = true,
                    };
                }
                else if (Believes(machine.Anchors, Service))
                {
                    // It enrols again, as soon as it trusts the service.
                    yield return machine with
                    {
                        Awake = true,
                        Epoch = State.Epoch,
                        Anchors = Anchors,
                        Leaf = Active,
                    };
                }
            }
        }

        public string? Problem()
        {
            foreach (var machine in Machines)
            {
                if (!Believes(machine.Anchors, Service))
                {
                    return "a machine does not believe the service";
                }

                if (machine.Awake && !Believes(Anchors, machine.Leaf))
                {
                    return "the service does not believe a machine";
                }
            }

            return
                Machines.All(machine => machine.Awake)
                && !(Believes(Machines[0].Anchors, Machines[1].Leaf) && Believes(Machines[1].Anchors, Machines[0].Leaf))
                ? "the machines do not believe each other"
                : null;
        }

        // A leaf comes with the links from its root back to every root that was active before it.
        private bool Believes(ImmutableSortedSet<int> anchors, int leaf) =>
            anchors.Any(anchor => anchor <= leaf && !Undone.Contains(anchor)) && leaf != NoLeaf;
    }
}
