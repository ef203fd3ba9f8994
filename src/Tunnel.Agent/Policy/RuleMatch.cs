using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>The first matching rule of each effect, by its position in the file; -1 for none.</summary>
/// <param name="call">The call's arguments; null if only a name is in question, as in lists.</param>
/// <param name="claims">Of the caller.</param>
internal struct RuleMatch(CallArguments? call, PrincipalClaims claims)
{
    public int Allow = -1;
    public int Deny = -1;

    public int Unsatisfied = -1;

    public ArgumentError? Error;

    /// <summary>If set, only the rules that allow the call and judge its answer are found, by their positions.</summary>
    public List<int>? Answers;

    public void Add(CompiledRule rule)
    {
        if (Answers is not null)
        {
            AddAnswer(rule);
            return;
        }

        if (call is not null)
        {
            foreach (var pointer in rule.Masked)
            {
                call.Mask(pointer);
            }

            if (!Satisfies(rule, call))
            {
                return;
            }
        }

        ref var place = ref rule.IsDeny ? ref Deny : ref Allow;
        if (IsBefore(rule, place))
        {
            place = rule.Place;
        }
    }

    private readonly void AddAnswer(CompiledRule rule)
    {
        if (
            rule is { HasAnswer: true, IsDeny: false }
            && (call is null || rule.Arguments is null || rule.Arguments.FindError(call.Root, claims) is null)
            && !Answers!.Contains(rule.Place)
        )
        {
            Answers.Add(rule.Place);
        }
    }

    private bool Satisfies(CompiledRule rule, CallArguments arguments)
    {
        if (rule.Arguments is null || !IsBefore(rule, Allow))
        {
            return true; // it cannot change the result
        }

        if (rule.Arguments.FindError(arguments.Root, claims) is not { } error)
        {
            return true;
        }

        if (IsBefore(rule, Unsatisfied))
        {
            (Unsatisfied, Error) = (rule.Place, error);
        }

        return false;
    }

    private static bool IsBefore(CompiledRule rule, int place) => place < 0 || rule.Place < place;
}
