namespace Culvert.Identity.Service.Certificates.BundleRules;

/// <summary>
/// The rules by which a tunnel changes its certificate authority without a failed handshake, as pure functions. A test
/// explores every reachable state.
/// </summary>
/// <remarks>
/// Invariants of every state, for every holder that no override named:
/// <list type="bullet">
/// <item>no agent and no relying party is presented a leaf whose authority is missing in its bundle;</item>
/// <item>no epoch both adds and removes, and none is empty;</item>
/// <item>an acknowledgement counts only from the certificate that it is about, and only for an epoch sent to it;</item>
/// <item>from every state the rotation can be completed or rolled back.</item>
/// </list>
/// Role × step (— = refused):
/// <code>
///            activate                  roll back              taint      remove
/// Staged     → Active when all hold    leaves the bundle      → Tainted  when no leaf lives
///            it; the active one        when no leaf lives
///            → Retiring
/// Active     unchanged                 → Staged, the newest   → Tainted  —
///                                      retiring one → Active
/// Retiring   → Active while none is,   —                      → Tainted  when no leaf lives
///            all holders still have it
/// Tainted    —                         —                      unchanged  when an active one is held by all,
///                                                                        and no agent shows a leaf of it
/// Trusted    —                         —                      —          only its owner decides
/// </code>
/// </remarks>
internal static class BundleProtocol
{
    /// <summary>Whether one content of the bundle may follow another; null = it may.</summary>
    public static BundleError? Check(
        IReadOnlySet<string> before,
        IReadOnlySet<string> after,
        Func<string, bool> hasLiveLeaves
    )
    {
        var removed = before.Where(id => !after.Contains(id)).ToList();
        return after.Count == 0 ? BundleError.Empty
            : removed.Count > 0 && after.Any(id => !before.Contains(id)) ? BundleError.AddsAndRemoves
            : removed.Exists(id => hasLiveLeaves(id)) ? BundleError.LiveLeaves
            : null;
    }

    public static BundleStep Add(BundleState state, string id, AnchorRole role)
    {
        if (state.Find(id) is not null || role is not (AnchorRole.Staged or AnchorRole.Trusted))
        {
            return BundleError.Role;
        }

        var epoch = state.Epoch + 1;
        return state with
        {
            Epoch = epoch,
            Anchors = state.Anchors.Add(new BundleAnchor(id, role, epoch, HasLiveLeaves: false)),
        };
    }

    /// <param name="forced">An override, or after the taint deadline: the holders that lose trust are named before.</param>
    public static BundleStep Remove(BundleState state, string id, bool forced = false)
    {
        if (state.Find(id) is not { } anchor || anchor.Role == AnchorRole.Active)
        {
            return BundleError.Role;
        }

        var left = state.Anchors.Remove(anchor);
        var error = Check(
            state.Anchors.Select(present => present.Id).ToHashSet(StringComparer.Ordinal),
            left.Select(present => present.Id).ToHashSet(StringComparer.Ordinal),
            _ => anchor is { Role: not (AnchorRole.Trusted or AnchorRole.Tainted), HasLiveLeaves: true } && !forced
        );
        if (error is not null)
        {
            return error.Value;
        }

        // Tainted anchors are about to be removed: a bundle of only those counts as empty.
        if (left.All(present => present.Role == AnchorRole.Tainted))
        {
            return BundleError.Empty;
        }

        if (anchor.Role == AnchorRole.Tainted && !forced)
        {
            if (state.Active is not { } successor)
            {
                return BundleError.Empty;
            }

            if (Missing(state, successor.Id).Count > 0 || Showing(state, id).Count > 0)
            {
                return BundleError.Unacknowledged;
            }
        }

        return state with
        {
            Epoch = state.Epoch + 1,
            Anchors = left,
        };
    }

    /// <summary>Holders that count and are not known to hold an epoch with that authority.</summary>
    public static IReadOnlyList<BundleHolder> Missing(BundleState state, string id) =>
        state.Find(id) is { } anchor
            ? [.. state.Holders.Where(holder => holder.Counts && holder.Acknowledged < anchor.Since)]
            : state.Holders;

    public static IReadOnlyList<BundleHolder> Showing(BundleState state, string id) =>
        [.. state.Holders.Where(holder => holder.Counts && holder.LeafOf == id)];

    public static BundleStep Activate(BundleState state, string id, bool forced = false)
    {
        switch (state.Find(id)?.Role)
        {
            case AnchorRole.Active:
                return state;
            case AnchorRole.Staged:
            case AnchorRole.Retiring when state.Active is null:
                break;
            default:
                return BundleError.Role;
        }

        return !forced && Missing(state, id).Count > 0
            ? BundleError.Unacknowledged
            : state with
            {
                Anchors =
                [
                    .. state.Anchors.Select(present =>
                        present.Id == id ? present with { Role = AnchorRole.Active }
                        : present.Role == AnchorRole.Active ? present with { Role = AnchorRole.Retiring }
                        : present
                    ),
                ],
            };
    }

    /// <summary>An active authority is replaced by the newest retiring one, which all holders still have.</summary>
    public static BundleStep Rollback(BundleState state, string id)
    {
        switch (state.Find(id)?.Role)
        {
            case AnchorRole.Staged:
                return Remove(state, id);
            case AnchorRole.Active when Predecessor(state) is { } predecessor:
                return state with
                {
                    Anchors =
                    [
                        .. state.Anchors.Select(present =>
                            present.Id == id ? present with { Role = AnchorRole.Staged }
                            : present.Id == predecessor.Id ? present with { Role = AnchorRole.Active }
                            : present
                        ),
                    ],
                };
            default:
                return BundleError.Role;
        }
    }

    public static BundleAnchor? Predecessor(BundleState state) =>
        state.Anchors.Where(anchor => anchor.Role == AnchorRole.Retiring).MaxBy(anchor => anchor.Since);

    /// <summary>The authority signs no more, and leaves the bundle once another authority serves the tunnel.</summary>
    public static BundleStep Taint(BundleState state, string id) =>
        state.Find(id) is { Role: not AnchorRole.Trusted } anchor
            ? state with
            {
                Anchors = state.Anchors.Replace(anchor, anchor with { Role = AnchorRole.Tainted }),
            }
            : BundleError.Role;

    public static BundleHolder Serve(BundleHolder holder, long epoch) =>
        epoch > holder.Served ? holder with { Served = epoch } : holder;

    /// <summary>Records an acknowledgement; null when it does not count.</summary>
    /// <param name="isOwnWord">Whether it was sent with the certificate or credential that it is about.</param>
    public static BundleHolder? Acknowledge(BundleHolder holder, long epoch, bool isOwnWord) =>
        isOwnWord && epoch >= 0 && epoch <= holder.Served ? holder with { Acknowledged = epoch } : null;
}
