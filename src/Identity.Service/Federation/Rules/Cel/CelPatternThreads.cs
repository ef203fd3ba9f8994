namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>The states of a pattern at one position, each once.</summary>
internal sealed class CelPatternThreads(int size)
{
    private readonly bool[] isIn = new bool[size];
    private readonly int[] all = new int[size];
    private readonly int[] consuming = new int[size];

    // Each state is expanded once and pushes at most two.
    private readonly int[] pending = new int[(2 * size) + 1];
    private int consumingCount;

    public bool HasMatched { get; private set; }

    /// <summary>States that consume a character.</summary>
    public ReadOnlySpan<int> Consuming => consuming.AsSpan(0, consumingCount);

    /// <summary>The work at this position.</summary>
    public int Visited { get; private set; }

    public void Clear()
    {
        for (var i = 0; i < Visited; i++)
        {
            isIn[all[i]] = false;
        }

        Visited = 0;
        consumingCount = 0;
        HasMatched = false;
    }

    /// <summary>Adds a state and all states that it reaches without a character.</summary>
    /// <param name="previous">The code point before this position; -1 at the start.</param>
    /// <param name="following">The code point after it; -1 at the end.</param>
    public void Add(CelPatternInstruction[] program, int state, int previous, int following)
    {
        var waiting = 0;
        pending[waiting++] = state;
        while (waiting > 0)
        {
            var at = pending[--waiting];
            if (isIn[at])
            {
                continue;
            }

            isIn[at] = true;
            all[Visited++] = at;
            var instruction = program[at];
            switch (instruction.Kind)
            {
                case CelPatternKind.Match:
                    HasMatched = true;
                    break;
                case CelPatternKind.Character:
                    consuming[consumingCount++] = at;
                    break;
                case CelPatternKind.Split:
                    pending[waiting++] = instruction.Other;
                    pending[waiting++] = instruction.Next;
                    break;
                default:
                    if (instruction.IsAt(previous, following))
                    {
                        pending[waiting++] = instruction.Next;
                    }

                    break;
            }
        }
    }
}
