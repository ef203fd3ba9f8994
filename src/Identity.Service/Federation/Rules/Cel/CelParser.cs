using static Culvert.Identity.Service.Federation.Rules.Cel.CelNodeFactory;

namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>
/// Recursive descent over the specification's grammar. The parser also checks names, functions and types, so that its
/// result can be evaluated and every error has a position.
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

    private readonly CelLexer lexer;

    // The variables of the enclosing macros, innermost last, with their slots.
    private readonly List<(string Name, int Slot)> variables = [];
    private CelToken token;
    private int depth;

    private CelParser(string text)
    {
        lexer = new CelLexer(text);
        token = lexer.Next();
    }

    /// <summary>The most variables of macros that are needed at the same time.</summary>
    public int Slots { get; private set; }

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
        var position = Next().Position;
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
            Next();
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

            var position = Next().Position;
            left = Binary(position, operation, left, Sum());
        }
    }

    private CelNode Sum() => Chain(Sums, () => Chain(Products, Unary));

    private CelNode Chain(Dictionary<string, CelOperator> operators, Func<CelNode> part)
    {
        var left = part();
        while (token.Kind == CelTokenKind.Punctuation && operators.TryGetValue(token.Text, out var operation))
        {
            var position = Next().Position;
            left = Binary(position, operation, left, part());
        }

        return left;
    }

    private CelNode Unary()
    {
        if (token.Is("!"))
        {
            var position = Next().Position;
            return Nested(() =>
            {
                var operand = Unary();
                RequireBool(operand, "!");
                return Bounded(new CelUnary(position, isNot: true, operand));
            });
        }

        if (token.Is("-"))
        {
            var position = Next().Position;
            // The smallest integer has no positive counterpart, so its sign belongs to the literal.
            if (token.Kind is CelTokenKind.Int or CelTokenKind.Double)
            {
                return Members(CelNumberLiteral.Read(Next(), position, "-"));
            }

            return Nested(() =>
            {
                var operand = Unary();
                return Negate(position, operand);
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
                Next();
                if (token.Is("?"))
                {
                    throw new CelSyntaxException(token.Position, "optional selection is not supported; use has().");
                }

                if (token.Kind != CelTokenKind.Identifier)
                {
                    throw Unexpected("a field's name (for others write claims['name'])");
                }

                var name = Next();
                operand = token.Is("(") ? Method(operand, name) : Select(operand, name);
            }
            else if (token.Is("["))
            {
                var position = Next().Position;
                var container = operand;
                operand = Nested(() =>
                {
                    var index = Expression();
                    Expect("]");
                    return ElementAt(position, container, index);
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

    private CelNode Primary()
    {
        var first = Next();
        switch (first.Kind)
        {
            case CelTokenKind.Int or CelTokenKind.Uint or CelTokenKind.Double:
                return CelNumberLiteral.Read(first, first.Position, "");
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
        CelReservedWords.Reject(name);
        var known = variables.FindLastIndex(variable => variable.Name == name.Text);
        if (known >= 0)
        {
            return new CelMacroVariable(name.Position, variables[known].Slot);
        }

        return name.Text switch
        {
            CelClaimsVariable.Name => new CelClaimsVariable(name.Position),
            CelGroups.Variable => Groups(name),
            _ => throw new CelSyntaxException(
                name.Position,
                $"{name.Text} is unknown; the variables are claims and directory: write claims.{name.Text}."
            ),
        };
    }

    // The variable has no other use than these two lists, so it is not a map: a wrong name is seen when the rule is saved.
    private CelGroups Groups(CelToken variable)
    {
        if (token.Is("."))
        {
            Next();
            var list = Next();
            if (list.Kind == CelTokenKind.Identifier && list.Text is CelGroups.Names or CelGroups.Ids)
            {
                return new CelGroups(variable.Position, isIds: list.Text == CelGroups.Ids);
            }
        }

        throw new CelSyntaxException(
            variable.Position,
            "directory has two lists: write directory.groups (display names) or directory.group_ids."
        );
    }

    private CelMapLiteral MapLiteral(int position)
    {
        var keys = new List<CelNode>();
        var values = new List<CelNode>();
        while (!token.Is("}"))
        {
            var key = Expression();
            RequireKey(key);
            keys.Add(key);
            Expect(":");
            values.Add(Expression());
            if (!token.Is("}"))
            {
                Expect(",");
            }
        }

        Next();
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

        Next();
        return arguments;
    }

    private CelNode Function(CelToken name)
    {
        Next();
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
        Next();
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

        var variable = token.Kind == CelTokenKind.Identifier ? Next() : throw Unexpected("a variable's name");
        CelReservedWords.Reject(variable);
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

    private CelToken Next()
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

        Next();
    }

    private CelSyntaxException Unexpected(string expected) =>
        new(token.Position, $"unexpected {token}; expected {expected}.");
}
