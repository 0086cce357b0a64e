"""A plan of dispatch as JSON: what goes where from which stock, what is lacking and why."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from geo.database import Row
from geo.dispatch_scene import DispatchQuestion, Scene
from relief.dispatch import Dispatch, Lack, Unmet, drawn
from relief.item_norms import ItemNorm, number

_WORDS = {
    Lack.NO_DEPOT: {
        "zh": "可达范围内没有存有该物资的储备库",
        "en": "No depot in reach holds this item.",
    },
    Lack.STOCK: {
        "zh": "可达储备库的库存已全部用完",
        "en": "Every depot in reach has sent all that it holds.",
    },
    Lack.TRANSPORT: {
        "zh": "可达储备库尚有库存，但运力已用完",
        "en": "Depots in reach hold more and have no lorry left for it.",
    },
}


def dispatch_answer(scene: Scene, asked: DispatchQuestion, found: Dispatch) -> dict[str, Any]:
    """Moves, unmet needs, totals by item, and what each depot loads."""
    norms = {norm.code: norm for norm in scene.items}
    loads = zip(scene.depots, found.loaded_kg, strict=True)
    return {
        "people": sum(shelter["people"] for shelter in scene.shelters),
        "days": scene.days,
        "items": [_item(scene, norm, found) for norm in scene.items],
        "moves": [move for norm in scene.items for move in _moves(scene, norm, found)],
        "unmet": [_unmet(scene, norms[lack.item], lack) for lack in found.unmet],
        "depots": [
            {
                "depot": depot["depot"],
                "name": depot["name"],
                "loaded_kg": number(loaded),
                "room_kg": asked.room_kg.get(depot["depot"], asked.room_kg_each),
            }
            for depot, loaded in loads
        ],
    }


def _item(scene: Scene, norm: ItemNorm, found: Dispatch) -> dict[str, Any]:
    unmet = sum(lack.quantity for lack in found.unmet if lack.item == norm.code)
    need = sum(scene.need(norm))
    return {
        "item": norm.code,
        "name": {"zh": norm.zh, "en": norm.en},
        "unit": norm.unit,
        "need": need,
        "sent": need - unmet,
        "unmet": unmet,
        "unit_metres": found.unit_metres.get(norm.code, 0.0),
    }


def _moves(scene: Scene, norm: ItemNorm, found: Dispatch) -> list[dict[str, Any]]:
    """The moves of an item by holder and form, nearer shelters drawing on the first stock."""
    lots: dict[str, list[Row]] = defaultdict(list)
    for lot in scene.lots(norm):
        lots[lot["depot"]].append(lot)
    left = {depot: [lot["quantity"] for lot in own] for depot, own in lots.items()}
    shown = []
    own = [move for move in found.moves if move.item == norm.code]
    for move in sorted(own, key=lambda m: (m.depot, m.distance_m, m.shelter)):
        depot, shelter = scene.depots[move.depot], scene.shelters[move.shelter]
        for n, quantity in drawn(move.quantity, left[depot["depot"]]):
            lot = lots[depot["depot"]][n]
            shown.append(
                {
                    "depot": depot["depot"],
                    "depot_name": depot["name"],
                    "shelter": shelter["id"],
                    "shelter_name": shelter["name"],
                    "item": norm.code,
                    "holder": lot["holder"],
                    "form": lot["form"],
                    "quantity": quantity,
                    "unit": norm.unit,
                    "kg": number(quantity * norm.kg),
                    "distance_m": round(move.distance_m, 1),
                }
            )
    return shown


def _unmet(scene: Scene, norm: ItemNorm, lack: Unmet) -> dict[str, Any]:
    shelter = scene.shelters[lack.shelter]
    return {
        "shelter": shelter["id"],
        "shelter_name": shelter["name"],
        "item": norm.code,
        "quantity": lack.quantity,
        "unit": norm.unit,
        "reason": lack.why.value,
        "detail": _WORDS[lack.why],
    }
