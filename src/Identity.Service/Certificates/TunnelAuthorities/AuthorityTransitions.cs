using static Culvert.Identity.Service.Certificates.TunnelAuthorities.AuthorityCommand;
using static Culvert.Identity.Service.Certificates.TunnelAuthorities.AuthorityState;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>An authority's state machine as one pure table; every other command is refused (409 <c>ca.state</c>).</summary>
/// <remarks>
/// <code>
/// command       from                                              to             must hold
/// make key      Draft                                             KeyReady       registration lives
/// request       KeyReady                                          CsrIssued      registration lives
/// upload        Draft (trust-only), CsrIssued, CertUploaded,      CertUploaded   registration lives
///               Verified, Rejected
/// verify        CertUploaded                                      Verified       registration lives (checks and trial: the caller)
/// reject        CertUploaded, Verified                            Rejected       findings are kept (the caller)
/// approve       Verified                                          Approved       second person, typed fingerprint (the caller)
/// stage         Approved                                          Staged         a free slot; the bundle grows
/// activate      Staged                                            Active         acknowledged; the active one retires with it
/// stand by      Active                                            Staged         used with reinstate, to undo a switch
/// reinstate     Retiring                                          Active         no other active, a free slot
/// suspend       Active                                            Suspended      -
/// resume        Suspended                                         Active         no other active
/// retire        Staged, Active, Suspended                         Retiring       not the last active one; slot released
/// withdraw      Retiring                                          Retired        leaves expired; the bundle shrinks
///               Tainted                                           Retired        the bundle shrinks
/// taint         Staged, Active, Suspended, Retiring               Tainted        slot released
/// expire        every state but Retired, Expired, Deleted         Expired        the bundle shrinks if it was in it
/// delete        Draft, KeyReady, CsrIssued, CertUploaded,         Deleted        -
///               Verified, Approved, Rejected, Retired, Expired
/// restore       Deleted                                           as before      deleted at most 30 days ago
/// </code>
/// A command whose target is reached already changes nothing and answers with the record (<see cref="IsDone"/>).
/// </remarks>
internal static class AuthorityTransitions
{
    private const AuthorityGuards Lives = AuthorityGuards.RegistrationLives;

    public static IReadOnlyList<AuthorityTransition> Table { get; } =
    [
        new(Draft, MakeKey, KeyReady, Lives),
        new(KeyReady, IssueRequest, CsrIssued, Lives),
        .. From([Draft, CsrIssued, CertUploaded, Verified, Rejected], Upload, CertUploaded, Lives),
        new(CertUploaded, Verify, Verified, Lives),
        .. From([CertUploaded, Verified], Reject, Rejected),
        new(Verified, Approve, Approved, AuthorityGuards.None),
        new(Approved, Stage, Staged, AuthorityGuards.SlotFree),
        new(Staged, Activate, Active, AuthorityGuards.Acknowledged),
        new(Active, StandBy, Staged, AuthorityGuards.None),
        new(Retiring, Reinstate, Active, AuthorityGuards.NoOtherActive | AuthorityGuards.SlotFree),
        new(Active, Suspend, Suspended, AuthorityGuards.None),
        new(Suspended, Resume, Active, AuthorityGuards.NoOtherActive),
        .. From([Staged, Active, Suspended], Retire, Retiring, AuthorityGuards.NotTheLast),
        new(Retiring, Withdraw, Retired, AuthorityGuards.LeavesEnded),
        new(Tainted, Withdraw, Retired, AuthorityGuards.None),
        .. From([Staged, Active, Suspended, Retiring], Taint, Tainted),
        .. From(
            [
                Draft,
                KeyReady,
                CsrIssued,
                CertUploaded,
                Verified,
                Approved,
                Staged,
                Active,
                Retiring,
                Suspended,
                Tainted,
                Rejected,
            ],
            Expire,
            Expired
        ),
        .. From(
            [Draft, KeyReady, CsrIssued, CertUploaded, Verified, Approved, Rejected, Retired, Expired],
            Delete,
            Deleted
        ),
        new(Deleted, Restore, null, AuthorityGuards.Restorable),
    ];

    public static AuthorityTransition? Find(AuthorityState from, AuthorityCommand command) =>
        Table.FirstOrDefault(entry => entry.From == from && entry.Command == command);

    /// <summary>The transition between two states; the one from Deleted leads only to <paramref name="before"/>.</summary>
    public static AuthorityTransition? Find(AuthorityState from, AuthorityState to, AuthorityState? before) =>
        Table.FirstOrDefault(entry => entry.From == from && (entry.To ?? before) == to);

    /// <summary>Whether the command has already taken effect, so that a repeat after a lost answer is harmless.</summary>
    public static bool IsDone(AuthorityState state, AuthorityCommand command) =>
        command switch
        {
            MakeKey => state is KeyReady or CsrIssued,
            IssueRequest => state is CsrIssued,
            // After approval the next steps are automatic as far as possible.
            Approve => state is Staged or Active or Suspended,
            Stage => state is Staged or Active or Suspended,
            Activate => state is Active,
            Suspend => state is Suspended,
            Resume => state is Active,
            Retire => state is Retiring or Retired,
            Withdraw => state is Retired,
            Taint => state is Tainted,
            Expire => state is Expired,
            Delete => state is Deleted,
            _ => false,
        };

    private static IEnumerable<AuthorityTransition> From(
        AuthorityState[] states,
        AuthorityCommand command,
        AuthorityState to,
        AuthorityGuards guards = AuthorityGuards.None
    ) => states.Select(state => new AuthorityTransition(state, command, to, guards));
}
