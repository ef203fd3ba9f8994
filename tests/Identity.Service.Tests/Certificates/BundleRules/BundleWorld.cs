using System.Collections.Immutable;
using System.Text;
using Culvert.Identity.Service.Certificates.BundleRules;
using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Tests.Certificates.BundleRules;

/// <summary>
/// Everything that a rotation can meet: what the service knows (<see cref="State"/>, changed by the production functions
/// alone), and in addition the truth that the service cannot see.
/// </summary>
/// <param name="Contents">What each epoch held, from epoch 1; of it the copies of the holders are made.</param>
/// <param name="Held">Epoch of each holder's copy, in the order of the state's holders.</param>
/// <param name="Named">Holders that an override has named as missing: they may break until they hold the present epoch.</param>
/// <param name="Cut">Agents whose leaf an override has cut off, until they get another one.</param>
/// <param name="Unused">Authorities that were not staged yet.</param>
internal sealed record BundleWorld(
    BundleState State,
    ImmutableArray<string> Contents,
    ImmutableArray<int> Held,
    ImmutableSortedSet<string> Named,
    ImmutableSortedSet<string> Cut,
    string Unused
)
{
    public static BundleWorld Begin(int agents, int relyingParties, string unused)
    {
        ImmutableArray<BundleHolder> holders =
        [
            .. Enumerable.Range(1, agents).Select(n => new BundleHolder($"a{n}", HolderKind.Agent, true, 1, 1, "A")),
            .. Enumerable
                .Range(1, relyingParties)
                .Select(n => new BundleHolder($"r{n}", HolderKind.RelyingParty, true, 1, 1)),
        ];
        return new BundleWorld(
            new BundleState(1, [new BundleAnchor("A", AnchorRole.Active, 1, HasLiveLeaves: true)], holders),
            ["A"],
            [.. holders.Select(_ => 1)],
            [],
            [],
            unused
        );
    }

    /// <summary>No rotation is in progress, and every holder that counts has the bundle.</summary>
    public bool IsSettled =>
        State.Anchors is [{ Role: AnchorRole.Active }]
        && State.Holders.All(holder => !holder.Counts || holder.Acknowledged == State.Epoch);

    public string Key
    {
        get
        {
            var text = new StringBuilder(80);
            text.AppendJoin('/', Contents).Append(Unused).Append('|');
            foreach (var anchor in State.Anchors)
            {
                text.Append(anchor.Id).Append((int)anchor.Role).Append(anchor.HasLiveLeaves ? '+' : '-');
            }

            for (var n = 0; n < Held.Length; n++)
            {
                var holder = State.Holders[n];
                text.Append('|')
                    .Append(holder.Counts ? 'c' : 'o')
                    .Append(holder.Served)
                    .Append(Held[n])
                    .Append(holder.Acknowledged)
                    .Append(holder.LeafOf);
            }

            return text.Append('|').AppendJoin(',', Named).Append('|').AppendJoin(',', Cut).ToString();
        }
    }

    /// <summary>Everything that may happen next; of events that the protocol refuses nothing follows.</summary>
    public IEnumerable<(string Event, BundleWorld Next)> Steps(bool withOverrides)
    {
        foreach (var step in OfTheOperator(withOverrides))
        {
            yield return step;
        }

        for (var n = 0; n < Held.Length; n++)
        {
            foreach (var step in OfHolder(n))
            {
                yield return step;
            }
        }
    }

    /// <summary>Who meets a leaf that it cannot verify, without having been named.</summary>
    public string? Victim()
    {
        for (var n = 0; n < Held.Length; n++)
        {
            var holder = State.Holders[n];
            var content = Contents[Held[n] - 1];
            foreach (var agent in State.Holders)
            {
                if (
                    agent.LeafOf is { } leaf
                    && (holder.Kind == HolderKind.RelyingParty || holder.Id == agent.Id)
                    && !content.Contains(leaf, StringComparison.Ordinal)
                    && !Named.Contains(holder.Id)
                    && !Cut.Contains(agent.Id)
                )
                {
                    return $"{holder.Id} holds epoch {Held[n]} ({content}) and meets {agent.Id}'s leaf of {leaf}";
                }
            }
        }

        return null;
    }

    private IEnumerable<(string Event, BundleWorld Next)> OfTheOperator(bool withOverrides)
    {
        if (Unused.Length > 0)
        {
            var added = BundleProtocol.Add(State, Unused[..1], AnchorRole.Staged);
            yield return ($"stage {Unused[0]}", After(added.Next!) with { Unused = Unused[1..] });
        }

        foreach (var anchor in State.Anchors)
        {
            var id = anchor.Id;
            if (BundleProtocol.Activate(State, id).Next is { } active && active != State)
            {
                yield return ($"activate {id}", After(active));
            }
            else if (
                withOverrides
                && BundleProtocol.Activate(State, id, forced: true).Next is { } forced
                && forced != State
            )
            {
                var missing = BundleProtocol.Missing(State, id).Select(holder => holder.Id);
                yield return ($"activate {id} by override", After(forced) with { Named = Named.Union(missing) });
            }

            if (BundleProtocol.Rollback(State, id).Next is { } back)
            {
                yield return ($"roll back {id}", After(back));
            }

            if (BundleProtocol.Remove(State, id).Next is { } less)
            {
                // Compromised leaves are refused on purpose: agents that are away with one are named, and come back to
                // a new one.
                var away = State.Holders.Where(holder => anchor.Role == AnchorRole.Tainted && holder.LeafOf == id);
                yield return ($"remove {id}", After(less) with { Cut = Cut.Union(away.Select(holder => holder.Id)) });
            }
            else if (withOverrides && BundleProtocol.Remove(State, id, forced: true).Next is { } forcedLess)
            {
                // The blast radius: every agent that presents a leaf of it, and every holder without a later bundle.
                var showing = State.Holders.Where(holder => holder.LeafOf == id).Select(holder => holder.Id);
                yield return ($"remove {id} by override", After(forcedLess) with { Cut = Cut.Union(showing) });
            }

            // Another authority can always be made; in this small world there must be one left for it.
            if (
                State.Anchors.All(present => present.Role != AnchorRole.Tainted)
                && (
                    Unused.Length > 0 || State.Anchors.Any(other => other.Id != id && other.Role != AnchorRole.Retiring)
                )
                && BundleProtocol.Taint(State, id).Next is { } tainted
            )
            {
                yield return ($"taint {id}", After(tainted));
            }

            if (MayExpire(anchor))
            {
                yield return ($"leaves of {id} expire", Expire(anchor));
            }
        }
    }

    private IEnumerable<(string Event, BundleWorld Next)> OfHolder(int n)
    {
        var holder = State.Holders[n];
        if (holder.Counts && holder.Served < State.Epoch)
        {
            yield return ($"{holder.Id} is served", With(n, BundleProtocol.Serve(holder, State.Epoch)));
        }

        if (Held[n] < holder.Served)
        {
            yield return ($"{holder.Id} takes it into use", this with { Held = Held.SetItem(n, (int)holder.Served) });
        }

        if (
            holder.Counts
            && holder.Acknowledged < Held[n]
            && BundleProtocol.Acknowledge(holder, Held[n], isOwnWord: true) is { } told
        )
        {
            var next = With(n, told);
            yield return (
                $"{holder.Id} acknowledges",
                told.Acknowledged == State.Epoch ? next with { Named = Named.Remove(holder.Id) } : next
            );
        }

        if (holder.Kind != HolderKind.Agent)
        {
            yield break;
        }

        // An agent shows a leaf only when the bundle in force vouches for it.
        if (
            holder.Counts
            && State.Active is { } active
            && holder.LeafOf != active.Id
            && Contents[Held[n] - 1].Contains(active.Id, StringComparison.Ordinal)
        )
        {
            var issued = active with { HasLiveLeaves = true };
            var next = With(n, holder with { LeafOf = active.Id });
            yield return (
                $"{holder.Id} gets a leaf of {active.Id}",
                next with
                {
                    State = next.State with { Anchors = next.State.Anchors.Replace(active, issued) },
                    Cut = Cut.Remove(holder.Id),
                }
            );
        }

        // Back again means: with a new certificate, that has acknowledged nothing, by way of the feed.
        yield return holder.Counts
            ? ($"{holder.Id} goes away", With(n, holder with { Counts = false }))
            : (
                $"{holder.Id} comes back",
                With(n, BundleProtocol.Serve(holder with { Counts = true, Acknowledged = 0 }, State.Epoch))
            );
    }

    // Time passes for an authority that signs no more; agents that are there have renewed long before.
    private bool MayExpire(BundleAnchor anchor) =>
        anchor is { HasLiveLeaves: true, Role: not AnchorRole.Active }
        && State.Active is not null
        && State.Holders.All(holder => !holder.Counts || holder.LeafOf != anchor.Id);

    private BundleWorld Expire(BundleAnchor anchor) =>
        this with
        {
            State = State with
            {
                Anchors = State.Anchors.Replace(anchor, anchor with { HasLiveLeaves = false }),
                Holders =
                [
                    .. State.Holders.Select(holder =>
                        holder.LeafOf == anchor.Id ? holder with { LeafOf = null } : holder
                    ),
                ],
            },
        };

    private BundleWorld With(int n, BundleHolder holder) =>
        this with
        {
            State = State with { Holders = State.Holders.SetItem(n, holder) },
        };

    private BundleWorld After(BundleState next) =>
        this with
        {
            State = next,
            Contents =
                next.Epoch == State.Epoch
                    ? Contents
                    : Contents.Add(
                        string.Concat(next.Anchors.Select(anchor => anchor.Id).Order(StringComparer.Ordinal))
                    ),
        };
}
