using System.Globalization;

namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>
/// Recursive descent over the specification's grammar. Names, functions and types are checked on the way, so that what
/// comes out can be evaluated, and what is refused is refused with its place.
/// </summary>
internal sealed class CelParser
{
    private static readonly Dictionary<string, CelOperator> Relations = new(StringComparer.Ordinal)
    {
        ["=="] = CelOperator.Equal,
        ["!="] = CelOperator.NotEqual,
        ["<"] = CelOperator.Less,
        ["<="] = CelOperator.LessOrEqual,
        [">"] = CelOperator.Greater,
        [">="] = CelOperator.GreaterOrEqual,
    };

    private static readonly Dictionary<string, CelOperator> Sums = new(StringComparer.Ordinal)
    {
        ["+"] = CelOperator.Add,
        ["-"] = CelOperator.Subtract,
    };

    private static readonly Dictionary<string, CelOperator> Products = new(StringComparer.Ordinal)
    {
        ["*"] = CelOperator.Multiply,
        ["/"] = CelOperator.Divide,
        ["%"] = CelOperator.Modulo,
    };

    // Reserved for host languages: names of fields, but not of variables and functions.
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    };

    private readonly CelLexer lexer;

    // The variables of the macros around the present place, innermost last, with their slots.
    private readonly List<(string Name, int Slot)> variables = [];
    private CelToken token;
    private int depth;

    private CelParser(string text)
    {
        lexer = new CelLexer(text);
        token = lexer.Next();
    }

    /// <summary>How many variables macros need at once.</summary>
    public int Slots { get; private set; }

    /// <exception cref="CelSyntaxException">The text is not a supported expression.</exception>
    public static (CelNode Root, int Slots) Parse(string text)
    {
        var parser = new CelParser(text);
        var root = parser.Expression();
        return parser.token.Kind == CelTokenKind.End
            ? (root, parser.Slots)
            : throw parser.Unexpected("an operator or the end");
    }

    private CelNode Expression()
    {
        var condition = Disjunction();
        if (!token.Is("?"))
        {
            return condition;
        }

        RequireBool(condition, "?:");
        var position = Take().Position;
        return Nested(() =>
        {
            var then = Disjunction();
            Expect(":");
            var otherwise = Expression();
            return Bounded(new CelTernary(position, condition, then, otherwise));
        });
    }

    private CelNode Disjunction() => Logic("||", isAnd: false, () => Logic("&&", isAnd: true, Relation));

    private CelNode Logic(string symbol, bool isAnd, Func<CelNode> part)
    {
        var first = part();
        if (!token.Is(symbol))
        {
            return first;
        }

        var position = token.Position;
        RequireBool(first, symbol);
        var operands = new List<CelNode> { first };
        while (token.Is(symbol))
        {
            Take();
            var operand = part();
            RequireBool(operand, symbol);
            operands.Add(operand);
        }

        return Bounded(new CelLogic(position, isAnd, operands));
    }

    private CelNode Relation()
    {
        var left = Sum();
        while (true)
        {
            CelOperator operation;
            if (token.IsKeyword("in"))
            {
                operation = CelOperator.In;
            }
            else if (token.Kind != CelTokenKind.Punctuation || !Relations.TryGetValue(token.Text, out operation))
            {
                return left;
            }

            var position = Take().Position;
            left = Binary(position, operation, left, Sum());
        }
    }

    private CelNode Sum() => Chain(Sums, () => Chain(Products, Unary));

    private CelNode Chain(Dictionary<string, CelOperator> operators, Func<CelNode> part)
    {
        var left = part();
        while (token.Kind == CelTokenKind.Punctuation && operators.TryGetValue(token.Text, out var operation))
        {
            var position = Take().Position;
            left = Binary(position, operation, left, part());
        }

        return left;
    }

    private static CelBinary Binary(int position, CelOperator operation, CelNode left, CelNode right) =>
        CelBinary.IsDefined(operation, left.Type, right.Type)
            ? Bounded(new CelBinary(position, operation, left, right))
            : throw new CelSyntaxException(
                position,
                $"{CelBinary.SymbolOf(operation)} is not defined for {left.Type.Name()} and {right.Type.Name()}; "
                    + "types are never converted."
            );

    private CelNode Unary()
    {
        if (token.Is("!"))
        {
            var position = Take().Position;
            return Nested(() =>
            {
                var operand = Unary();
                RequireBool(operand, "!");
                return Bounded(new CelUnary(position, isNot: true, operand));
            });
        }

        if (token.Is("-"))
        {
            var position = Take().Position;
            // The smallest integer has no positive counterpart, so its sign belongs to the literal.
            if (token.Kind is CelTokenKind.Int or CelTokenKind.Double)
            {
                return Members(Number(Take(), position, "-"));
            }

            return Nested(() =>
            {
                var operand = Unary();
                return operand.Type.MayBe(CelType.Int, CelType.Double)
                    ? Bounded(new CelUnary(position, isNot: false, operand))
                    : throw new CelSyntaxException(position, $"- is not defined for {operand.Type.Name()}.");
            });
        }

        return Members(Primary());
    }

    private CelNode Members(CelNode operand)
    {
        while (true)
        {
            if (token.Is("."))
            {
                Take();
                if (token.Is("?"))
                {
                    throw new CelSyntaxException(token.Position, "optional selection is not supported; use has().");
                }

                if (token.Kind != CelTokenKind.Identifier)
                {
                    throw Unexpected("a field's name (for others write claims['name'])");
                }

                var name = Take();
                operand = token.Is("(") ? Method(operand, name) : Select(operand, name);
            }
            else if (token.Is("["))
            {
                var position = Take().Position;
                var container = operand;
                operand = Nested(() =>
                {
                    var index = Expression();
                    Expect("]");
                    return container.Type.MayBe(CelType.List, CelType.Map)
                        ? Bounded(new CelIndex(position, container, index))
                        : throw new CelSyntaxException(position, $"[] is not defined for {container.Type.Name()}.");
                });
            }
            else
            {
                return token.Is("{")
                    ? throw new CelSyntaxException(token.Position, "messages are not supported.")
                    : operand;
            }
        }
    }

    private static CelSelect Select(CelNode operand, CelToken name) =>
        operand.Type.MayBe(CelType.Map)
            ? Bounded(new CelSelect(name.Position, operand, name.Text))
            : throw new CelSyntaxException(name.Position, $"{operand.Type.Name()} has no fields.");

    private CelNode Primary()
    {
        var first = Take();
        switch (first.Kind)
        {
            case CelTokenKind.Int or CelTokenKind.Uint or CelTokenKind.Double:
                return Number(first, first.Position, "");
            case CelTokenKind.String:
                return new CelLiteral(first.Position, first.Text);
            case CelTokenKind.Keyword when first.Text != "in":
                return new CelLiteral(
                    first.Position,
                    first.Text switch
                    {
                        "true" => true,
                        "false" => false,
                        _ => CelNull.Instance,
                    }
                );
            case CelTokenKind.Identifier:
                return token.Is("(") ? Function(first) : Variable(first);
        }

        if (first.Is("("))
        {
            return Nested(() =>
            {
                var inner = Expression();
                Expect(")");
                return inner;
            });
        }

        if (first.Is("["))
        {
            return Nested(() => Bounded(new CelListLiteral(first.Position, Arguments("]"))));
        }

        if (first.Is("{"))
        {
            return Nested(() => MapLiteral(first.Position));
        }

        if (first.Is("."))
        {
            throw new CelSyntaxException(first.Position, "a leading dot is not supported.");
        }

        throw new CelSyntaxException(first.Position, $"unexpected {first}; expected an expression.");
    }

    private CelNode Variable(CelToken name)
    {
        RequireUnreserved(name);
        // The innermost one of that name.
        var known = variables.FindLastIndex(variable => variable.Name == name.Text);
        if (known >= 0)
        {
            return new CelMacroVariable(name.Position, variables[known].Slot);
        }

        return name.Text == CelClaimsVariable.Name
            ? new CelClaimsVariable(name.Position)
            : throw new CelSyntaxException(
                name.Position,
                $"{name.Text} is unknown; the one variable is claims: write claims.{name.Text}."
            );
    }

    private static CelLiteral Number(CelToken number, int position, string sign)
    {
        var text = number.Text;
        var culture = CultureInfo.InvariantCulture;
        switch (number.Kind)
        {
            case CelTokenKind.Double
                when double.TryParse(sign + text, NumberStyles.Float, culture, out var value) && double.IsFinite(value):
                return new CelLiteral(position, value);
            case CelTokenKind.Uint:
                var digits = text[..^1];
                var isRead = IsHex(digits)
                    ? ulong.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, culture, out var unsigned)
                    : ulong.TryParse(digits, NumberStyles.None, culture, out unsigned);
                return isRead ? new CelLiteral(position, unsigned) : throw TooLarge();
            case CelTokenKind.Int when IsHex(text):
                return
                    ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, culture, out var hex)
                    && hex <= (sign.Length == 0 ? long.MaxValue : 1UL + long.MaxValue)
                    ? new CelLiteral(position, sign.Length == 0 ? (long)hex : unchecked(-(long)hex))
                    : throw TooLarge();
            case CelTokenKind.Int
                when long.TryParse(sign + text, NumberStyles.AllowLeadingSign, culture, out var value):
                return new CelLiteral(position, value);
            default:
                throw TooLarge();
        }

        CelSyntaxException TooLarge() => new(position, $"{sign}{text} is not a 64-bit number.");
    }

    private static bool IsHex(string digits) => digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);

    private CelMapLiteral MapLiteral(int position)
    {
        var keys = new List<CelNode>();
        var values = new List<CelNode>();
        while (!token.Is("}"))
        {
            var key = Expression();
            if (!key.Type.MayBe(CelType.String, CelType.Bool, CelType.Int, CelType.Uint))
            {
                throw new CelSyntaxException(key.Position, $"{key.Type.Name()} is not a valid type for a map key.");
            }

            keys.Add(key);
            Expect(":");
            values.Add(Expression());
            if (!token.Is("}"))
            {
                Expect(",");
            }
        }

        Take();
        return Bounded(new CelMapLiteral(position, keys, values));
    }

    private List<CelNode> Arguments(string closing)
    {
        var arguments = new List<CelNode>();
        while (!token.Is(closing))
        {
            arguments.Add(Expression());
            if (token.Is(closing))
            {
                break;
            }

            Expect(",");
            // A list may end with a comma, arguments may not.
            if (closing == ")" && token.Is(closing))
            {
                throw Unexpected("an argument");
            }
        }

        Take();
        return arguments;
    }

    private CelNode Function(CelToken name)
    {
        Take();
        return Nested<CelNode>(() =>
        {
            var arguments = Arguments(")");
            switch (name.Text)
            {
                case "has":
                    return arguments is [CelSelect selection]
                        ? Bounded(new CelHas(name.Position, selection))
                        : throw new CelSyntaxException(
                            name.Position,
                            "has() requires a selection, has(claims.a); for other names write 'a.b' in claims."
                        );
                case "size":
                    RequireCount(name, arguments, 1);
                    return Size(name, arguments[0]);
                case "matches":
                    RequireCount(name, arguments, 2);
                    return Matches(name, arguments[0], arguments[1]);
                default:
                    throw UnknownFunction(name);
            }
        });
    }

    private CelNode Method(CelNode target, CelToken name)
    {
        Take();
        return Nested<CelNode>(() =>
        {
            if (name.Text is "all" or "exists")
            {
                return Quantifier(target, name);
            }

            if (CelFunctions.Remedy(name.Text) is not null)
            {
                throw UnknownFunction(name);
            }

            var arguments = Arguments(")");
            if (name.Text == "size")
            {
                RequireCount(name, arguments, 0);
                return Size(name, target);
            }

            if (name.Text == "matches")
            {
                RequireCount(name, arguments, 1);
                return Matches(name, target, arguments[0]);
            }

            if (CelFunctions.OnText(name.Text) is not { } function)
            {
                throw UnknownFunction(name);
            }

            RequireCount(name, arguments, 1);
            RequireText(name, target);
            RequireText(name, arguments[0]);
            return Bounded(new CelCall(name.Position, function, target, arguments[0]));
        });
    }

    private CelQuantifier Quantifier(CelNode range, CelToken name)
    {
        if (!range.Type.MayBe(CelType.List, CelType.Map))
        {
            throw new CelSyntaxException(name.Position, $"{name.Text} is not defined for {range.Type.Name()}.");
        }

        var variable = token.Kind == CelTokenKind.Identifier ? Take() : throw Unexpected("a variable's name");
        RequireUnreserved(variable);
        if (variable.Text == CelClaimsVariable.Name)
        {
            throw new CelSyntaxException(variable.Position, "claims is reserved; choose another name.");
        }

        Expect(",");
        var slot = variables.Count;
        variables.Add((variable.Text, slot));
        Slots = Math.Max(Slots, variables.Count);
        var predicate = Expression();
        variables.RemoveAt(slot);
        Expect(")");
        RequireBool(predicate, name.Text);
        return Bounded(new CelQuantifier(name.Position, name.Text == "all", range, slot, predicate));
    }

    private static CelCall Size(CelToken name, CelNode target) =>
        target.Type.MayBe(CelType.String, CelType.List, CelType.Map)
            ? Bounded(new CelCall(name.Position, CelFunction.Size, target, argument: null))
            : throw new CelSyntaxException(name.Position, $"size is not defined for {target.Type.Name()}.");

    private static CelMatches Matches(CelToken name, CelNode target, CelNode argument)
    {
        RequireText(name, target);
        if (argument is not CelLiteral { Value: string text })
        {
            throw new CelSyntaxException(
                argument.Position,
                "the pattern of matches must be a string literal, so that it is checked when the rule is saved."
            );
        }

        return CelPattern.TryParse(text, out var pattern, out var fault)
            ? Bounded(new CelMatches(name.Position, target, pattern))
            : throw new CelSyntaxException(argument.Position, fault);
    }

    private static CelSyntaxException UnknownFunction(CelToken name) =>
        new(
            name.Position,
            CelFunctions.Remedy(name.Text) is { } remedy
                ? $"{name.Text} is not supported: {remedy}"
                : $"{name.Text} is unknown; supported functions: {CelFunctions.Supported}."
        );

    private static void RequireUnreserved(CelToken name)
    {
        if (Reserved.Contains(name.Text))
        {
            throw new CelSyntaxException(name.Position, $"{name.Text} is a reserved word and names no variable.");
        }
    }

    private static void RequireCount(CelToken name, List<CelNode> arguments, int count)
    {
        if (arguments.Count != count)
        {
            throw new CelSyntaxException(
                name.Position,
                $"{name.Text} takes {count} arguments here, not {arguments.Count}."
            );
        }
    }

    private static void RequireText(CelToken name, CelNode operand)
    {
        if (!operand.Type.MayBe(CelType.String))
        {
            throw new CelSyntaxException(operand.Position, $"{name.Text} needs a string, not {operand.Type.Name()}.");
        }
    }

    private static void RequireBool(CelNode operand, string symbol)
    {
        if (!operand.Type.MayBe(CelType.Bool))
        {
            throw new CelSyntaxException(operand.Position, $"{symbol} needs a bool, not {operand.Type.Name()}.");
        }
    }

    // The evaluation's stack is as deep as the expression.
    private static T Bounded<T>(T node)
        where T : CelNode =>
        node.Chain <= CelLimits.MaxChain
            ? node
            : throw new CelSyntaxException(
                node.Position,
                $"a chain of more than {CelLimits.MaxChain} operations; write a list with in, or several rules."
            );

    private T Nested<T>(Func<T> parse)
    {
        if (++depth > CelLimits.MaxDepth)
        {
            throw new CelSyntaxException(token.Position, $"nested deeper than {CelLimits.MaxDepth}.");
        }

        var result = parse();
        depth--;
        return result;
    }

    private CelToken Take()
    {
        var taken = token;
        token = lexer.Next();
        return taken;
    }

    private void Expect(string punctuation)
    {
        if (!token.Is(punctuation))
        {
            throw Unexpected($"'{punctuation}'");
        }

        Take();
    }

    private CelSyntaxException Unexpected(string expected) =>
        new(token.Position, $"unexpected {token}; expected {expected}.");
}
